"""The voters: merchant category codes; bank grammar with brands and cue words; what was learned from texts."""
