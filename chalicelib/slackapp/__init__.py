"""What people click in Slack: proven to be Slack's, understood, done once, and answered within three seconds."""
