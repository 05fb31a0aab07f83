"""Any classifier, asked twice: does it decide alike on profiles that differ only in a field such as gender?"""
