"""The ministry's table by step, 34,820 rows x 43 columns: made as .xlsx, read, compared with data/.

``python -m tests.bench.refresh``: CPU seconds and MiB of reading alone, in a process of its own.
"""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

from dxplan.bring.cells import cell_name
from tests.refresh.test_steps import step_rows, whole

READ = """
import resource, sys, time
from pathlib import Path
from dxplan.refresh.recognise import load_readings
start = time.process_time()
(reading,) = load_readings(Path(sys.argv[1]))
spent = time.process_time() - start
use = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
from dxplan.files import DATA
from dxplan.refresh.tables import Tables
tables = Tables(DATA)
said = [(cell, text) for cell, text in reading.cells.items() if cell.column == "steps_done"]
equal = sum(tables.get(cell) == text for cell, text in said)
print(f"{equal:,} of {len(said):,} equal, {spent:.1f} CPU s, {use:.0f} MiB, {reading.faults}")
sys.exit(equal != 34_820)
"""
SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
LINK = (
    f'<Relationships xmlns="{PACKAGE}relationships"><Relationship Id="rId1" Type="{OFFICE}/{{}}"'
    ' Target="{}"/></Relationships>'
)
KIND = "application/vnd.openxmlformats-"
PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{PACKAGE}content-types">'
        f'<Default Extension="rels" ContentType="{KIND}package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>'
    ),
    "_rels/.rels": LINK.format("officeDocument", "xl/workbook.xml"),
    "xl/workbook.xml": (
        f'<workbook xmlns="{SHEETS}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="業務別ステップ別進捗一覧" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": LINK.format("worksheet", "worksheets/sheet1.xml"),
}


def write_xlsx(path, rows):
    """A workbook of texts, written as plain XML: XlsxWriter takes a quarter of a minute."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in PARTS.items():
            archive.writestr(name, text)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'<worksheet xmlns="{SHEETS}"><sheetData>'.encode())
            for number, row in enumerate(rows):
                cells = [_cell(number, at, cell) for at, cell in enumerate(row)]
                sheet.write(f'<row r="{number + 1}">{"".join(cells)}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")


def _cell(row, column, text):
    name = cell_name(row, column)
    return f'<c r="{name}" t="inlineStr"><is><t>{escape(str(text))}</t></is></c>'


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.xlsx")
        write_xlsx(path, step_rows(whole()))
        print(f"{path.stat().st_size / 2**20:.1f} MB")
        sys.exit(subprocess.run([sys.executable, "-c", READ, path], check=False).returncode)


if __name__ == "__main__":
    main()
