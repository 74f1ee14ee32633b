"""The compiled form: one generated Python function for the rules of all seats on one code and stretch of days.

The interpreter is the specification; a differential fuzzer holds the two together, evidence included. What the
generator does not know how to write it leaves to the interpreter's own functions, called from the generated code.
"""
