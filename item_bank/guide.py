"""What the sheet Guide of every workbook says, in both languages, and the example rows of the template."""

from __future__ import annotations

GUIDE_LINES: tuple[tuple[str, str, str], ...] = (
    ("Column", "English", "Bahasa Indonesia"),
    (
        "",
        "Fill in the sheets Items, Stimuli and Figures, one row each. Keep the first row as it is; the order of "
        "columns does not matter. This sheet is never read. A file with faults changes nothing: every fault is named "
        "by sheet, row and column.",
        "Isi lembar Items, Stimuli, dan Figures, satu baris per butir. Biarkan baris pertama apa adanya; urutan kolom "
        "bebas. Lembar ini tidak dibaca. Berkas yang bermasalah tidak mengubah apa pun: setiap kesalahan disebut "
        "dengan lembar, baris, dan kolomnya.",
    ),
    (
        "item",
        "Code of the item, unique: letters, digits, “_”, “.”, “-”, at most 40. The same code again with other content "
        "makes a new version.",
        "Kode soal, unik: huruf, angka, “_”, “.”, “-”, paling banyak 40. Kode yang sama dengan isi lain menjadi versi "
        "baru.",
    ),
    ("language", "id or en.", "id atau en."),
    (
        "domain",
        "Code of the competency, as in the exam's definition (for example TIU).",
        "Kode kompetensi, seperti dalam definisi ujian (misalnya TIU).",
    ),
    (
        "topic",
        "Topic within the domain, as in the exam's definition. May be empty.",
        "Topik di dalam kompetensi, seperti dalam definisi ujian. Boleh kosong.",
    ),
    (
        "stimulus",
        "Code of a text in the sheet Stimuli that several items share. May be empty.",
        "Kode teks di lembar Stimuli yang dipakai bersama beberapa soal. Boleh kosong.",
    ),
    (
        "figure",
        "Code of a drawing in the sheet Figures. May be empty.",
        "Kode gambar di lembar Figures. Boleh kosong.",
    ),
    ("prompt", "The question.", "Pertanyaan."),
    (
        "A … H",
        "The options, at least A and B, without gaps.",
        "Pilihan jawaban, paling sedikit A dan B, tanpa lompatan.",
    ),
    (
        "key",
        "Letter of the right option. Leave empty when options carry points.",
        "Huruf jawaban benar. Kosongkan bila pilihan berbobot.",
    ),
    (
        "points_A … points_H",
        "Whole points of every option, in place of a key.",
        "Bobot bulat setiap pilihan, sebagai ganti kunci.",
    ),
    (
        "fixed_options",
        "yes if the options must stand in this order, else no.",
        "yes bila urutan pilihan harus tetap, selain itu no.",
    ),
    (
        "model",
        "2PL or 3PL for items with a key, GPCM for items with points. Empty if the item is not calibrated.",
        "2PL atau 3PL untuk soal berkunci, GPCM untuk soal berbobot. Kosong bila soal belum dikalibrasi.",
    ),
    (
        "a, b, c",
        "Discrimination (0 < a ≤ 10), difficulty (-10 to 10), lower asymptote (0 ≤ c < 1, 3PL only). GPCM: only a.",
        "Daya beda (0 < a ≤ 10), kesukaran (-10 sampai 10), asimtot bawah (0 ≤ c < 1, hanya 3PL). GPCM: hanya a.",
    ),
    (
        "step_1 … step_7",
        "GPCM only: one step fewer than there are different points.",
        "Hanya GPCM: satu langkah lebih sedikit daripada banyaknya bobot yang berbeda.",
    ),
    (
        "parameter_source",
        "Where the parameters come from, such as “calibration 2025”. Write “simulated” for invented ones.",
        "Asal parameter, misalnya “kalibrasi 2025”. Tulis “simulated” untuk parameter rekaan.",
    ),
    (
        "explanation",
        "Why the key is right; for reviewers, never shown during an exam.",
        "Alasan kunci benar; untuk penelaah, tidak pernah ditampilkan selama ujian.",
    ),
    (
        "Figures: svg, alt",
        "The drawing as SVG text (at most 32,000 characters, no scripts, no links), and words for who cannot see it.",
        "Gambar sebagai teks SVG (paling banyak 32.000 karakter, tanpa skrip, tanpa tautan), dan uraian bagi yang "
        "tidak dapat melihatnya.",
    ),
)

EXAMPLE_ITEMS: tuple[dict[str, str | int | float], ...] = (
    {
        "item": "CONTOH-1",
        "language": "id",
        "domain": "TIU",
        "topic": "Figural",
        "figure": "G-1",
        "prompt": "Berapa banyak sisi bangun pada gambar?",
        "A": "3",
        "B": "4",
        "C": "5",
        "key": "B",
        "fixed_options": "yes",
        "model": "3PL",
        "a": 1.2,
        "b": -0.5,
        "c": 0.2,
        "parameter_source": "simulated",
        "explanation": "Persegi memiliki empat sisi.",
    },
    {
        "item": "CONTOH-2",
        "language": "id",
        "domain": "TKP",
        "topic": "Pelayanan Publik",
        "stimulus": "S-1",
        "prompt": "Apa yang Anda lakukan?",
        "A": "Mendengarkan, lalu menjelaskan pilihan yang ada.",
        "B": "Meminta rekan menggantikan saya.",
        "C": "Menyuruhnya datang besok.",
        "points_A": 5,
        "points_B": 3,
        "points_C": 1,
        "fixed_options": "no",
        "model": "GPCM",
        "a": 0.8,
        "step_1": -1.0,
        "step_2": 0.6,
        "parameter_source": "simulated",
    },
)
EXAMPLE_STIMULI = ({"stimulus": "S-1", "text": "Seorang warga marah di loket karena berkasnya belum lengkap."},)
EXAMPLE_FIGURES = (
    {
        "figure": "G-1",
        "alt": "Sebuah persegi.",
        "svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
        '<rect x="10" y="10" width="80" height="80" fill="none" stroke="black" /></svg>',
    },
)
