"""The recorder beside others on the same screen: what each costs, and what it keeps."""
