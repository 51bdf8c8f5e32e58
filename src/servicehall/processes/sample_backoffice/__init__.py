"""A sample back office to try connectors and flows with: five systems behind one door. It knows no room."""
