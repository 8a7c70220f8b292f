"""What people ask of the service, one function a request."""
