"""DynamoDB: tables with conditional writes, transactions, pages and reads that may be stale."""
