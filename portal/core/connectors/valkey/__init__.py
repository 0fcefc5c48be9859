"""What erasing from Valkey and Redis needs: the client, the dataset, its files, and a look inside them."""
