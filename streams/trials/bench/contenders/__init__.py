"""What `evenhand bench stream` compares: the application, loops and agents, each in a process of its own."""
