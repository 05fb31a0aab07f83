"""Counterfactual audits: is a line decided otherwise when one thing about it changes that should not matter?"""
