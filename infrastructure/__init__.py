"""What is deployed: the hub around its functions, the member accounts' part, the policies. Not shipped in the zip."""
