"""`jupyter nbconvert --to dxplan`, and the same in the menu of JupyterLab."""

from __future__ import annotations

from dxplan.press.exporter import PageExporter


class PlanExporter(PageExporter):
    """The press's page of a notebook of the house, under the name of its municipality."""

    def title_of(self, given: str) -> str:
        """The municipality; what was given where it is none, or several."""
        from dxplan.reports import load_jobs  # Jupyter imports every exporter to list them
        from dxplan.town.finder import CityError, find_slug

        try:
            return load_jobs([find_slug(given)], strict=False)[0].title
        except CityError:
            return given
