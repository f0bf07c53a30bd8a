"""Everything about the package that changes lives in settings.ini; this reads it."""

from configparser import ConfigParser
from pathlib import Path

from setuptools import find_packages, setup

settings_file = ConfigParser(delimiters=["="])
settings_file.read(Path(__file__).with_name("settings.ini"), encoding="utf-8")
settings = settings_file["DEFAULT"]

# What papermill and the reports need at run time is written and read in nbs/; it travels in the wheel as
# resources of the package, so that a checkout and an installed wheel find it in the same way.
resources = {
    "lorasent.pipelines": ("nbs/pipelines", ["*.ipynb"]),
    "lorasent.presets": ("nbs/presets", ["*.yaml"]),
    "lorasent.templates": ("nbs/templates", ["*.j2", "*.css", "*.js"]),
}

setup(
    name=settings["lib_name"],
    version=settings["version"],
    description=settings["description"],
    long_description=Path(__file__).with_name("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    author=settings["author"],
    url=settings["git_url"],
    keywords=settings["keywords"].split(),
    license="Apache-2.0",
    python_requires=f">={settings['min_python']}",
    packages=[*find_packages(include=["lorasent", "lorasent.*"]), *resources],
    package_dir={"lorasent": "lorasent"} | {name: folder for name, (folder, _) in resources.items()},
    package_data={"lorasent": ["py.typed", "tested.txt"]} | {name: globs for name, (_, globs) in resources.items()},
    install_requires=settings["requirements"].split(),
    extras_require={
        "embedded": settings["embedded_requirements"].split(),
        "excel": settings["excel_requirements"].split(),
        "suspects": settings["suspects_requirements"].split(),
        "cluster": settings["cluster_requirements"].split(),
        "search": settings["search_requirements"].split(),
        "s3": settings["s3_requirements"].split(),
        "export": settings["export_requirements"].split(),
        "quantization": settings["quantization_requirements"].split(),
        "docs": settings["docs_requirements"].split(),
        "dev": settings["dev_requirements"].split(),
    },
    entry_points={"console_scripts": ["lorasent=lorasent.cli:main"], "nbdev": ["lorasent=lorasent._modidx:d"]},
    classifiers=[
        "Development Status :: 3 - Alpha",
        "Intended Audience :: Science/Research",
        "Natural Language :: English",
        *(f"Programming Language :: Python :: 3.{minor}" for minor in range(10, 15)),
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
    ],
    zip_safe=False,
)
