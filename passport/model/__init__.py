"""What a passport is: values and laws, without JSON, SQL, HTTP, files or a clock."""
