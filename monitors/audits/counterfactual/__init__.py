"""The counterfactual audit: does something that should not matter, such as a name, change what is decided?"""
