"""What machines ask of SLOs: how much a consumer may read, and the SLOs as files."""
