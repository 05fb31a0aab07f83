"""The voters that know without learning: merchant category codes, and bank grammar with brands and cue words."""
