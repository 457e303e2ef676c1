"""Reports on benchmark runs: which configuration is better, where, how sure that is, what failed.

`assemble` puts the values of a report together once; `write_report` renders them as a page, as
Markdown, as LaTeX, and the runs as CSV and Parquet.
"""

from goalsmith.benchmarks.reports.assembly import assemble
from goalsmith.benchmarks.reports.values import ReportData
from goalsmith.benchmarks.reports.writing import FORMATS, write_report

__all__ = ["FORMATS", "ReportData", "assemble", "write_report"]
