"""SFTP both ways: partners' servers are polled and pushed to, and ours takes partners in."""
