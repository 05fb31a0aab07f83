"""The bias gate: is a model about equally right, and equally trusted, on every kind of purchase and of people?"""
