"""S3: buckets with versions, conditional writes and uploads in parts."""
