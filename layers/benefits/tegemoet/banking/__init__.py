"""Payment messages that go to a bank.

Pure: no I/O, no clock. It knows money, account numbers and the messages, and neither premiums nor
runs.
"""
