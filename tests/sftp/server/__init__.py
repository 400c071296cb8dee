"""Tests of the SFTP server that partners log in to."""
