"""The end-to-end test: the packaged template, deployed to emulators of AWS, answers events as it would in AWS."""
