"""Papers that travel with the goods, and files for the truck lines that take them."""
