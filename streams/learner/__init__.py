"""What people said becomes what workers know: corrections in one order, learned, and told to everybody."""
