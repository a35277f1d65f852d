"""The demo: a sample exam on this computer alone, with simulated candidates who speak the real wire."""
