"""What the law says of a day: which election, which violation, how many days are left, what a report must bring."""
