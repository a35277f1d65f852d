/** What the server could have sent; tests change what they are about. */
import type { Delta, Incident, Row, Snapshot } from "./wire";

export const row = (change: Partial<Row> = {}): Row => ({
  admission: 1,
  attempt: 11,
  number: "UJI-0001",
  name: "Peserta Contoh 001",
  seat: "01",
  state: "running",
  ended_by: null,
  item: 3,
  answered: 2,
  flagged: 0,
  deadline: 600_000,
  paused_at: null,
  connected: true,
  silent: false,
  last_signal: 0,
  waiting_device: null,
  alerts: {},
  open_incidents: 0,
  ...change,
});

export const incident = (change: Partial<Incident> = {}): Incident => ({
  id: 1,
  attempt: 11,
  rule: "focus_lost",
  severity: "warn",
  at: 1000,
  count: 1,
  state: "open",
  note: null,
  ...change,
});

export const snapshot = (change: Partial<Snapshot> = {}): Snapshot => ({
  now: 5000,
  sitting: { id: 1, exam: "Ujian contoh", site: "Lokasi", room: "A", opens_at: 0, closes_at: 9e6, items: 10 },
  rows: [row()],
  incidents: [],
  ...change,
});

export const delta = (change: Partial<Delta> = {}): Delta => ({ now: 6000, rows: [], incidents: [], signals: [], ...change });
