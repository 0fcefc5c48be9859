"""What the kinds on PostgreSQL share: sessions, reading, finding, erasing, scanning."""
