"""Measures what corrections change: the corrected merchants, their families, everything else, and what attacks cost."""
