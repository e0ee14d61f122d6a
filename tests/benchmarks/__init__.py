"""`make bench`: what Taskwire does in a second, beside what the parts it is made of do in the same minute.

Figures of a machine that others use as well mean little; ratios within one run mean more. Nothing is asserted here.
"""
