# Everything happens in .venv, which is made on first use; the targets may be called in any order, and again.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: demo check test coverage outputs export docs docs-serve lab dist readme measure clean

demo: $(READY) ## train on the embedded data with the embedded encoder
	$(BIN)/lorasent train --preset demo

# One process more than there are cores, with a thread each: some tests wait more than they compute.
WORKERS := $(shell $(PYTHON) -c "import os; print(min(5, 1 + (os.cpu_count() or 1)))")
TESTS := $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadgroup --no-loadscope-reorder

check: $(READY) ## the loop while writing: what needs neither PyTorch nor another process, in under a minute
	$(TESTS) -m "not torch and not process and not train"

test: $(READY) ## what CI runs: everything
	$(TESTS)

NOTEBOOKS :=
outputs: $(READY) ## what the cells of notebooks show, kept in them: make outputs NOTEBOOKS="measure/plots doctor"
	$(BIN)/python tools/stories.py $(NOTEBOOKS)

export: $(READY) ## what is made from the notebooks: modules, their tests, the parameters cell
	$(BIN)/python tools/export.py

docs: $(READY) ## the docs site, into _docs/site
	$(BIN)/python -c "from lorasent.site import build; print(build())"

docs-serve: docs ## the same, shown on http://localhost:8000
	$(BIN)/python -m http.server --directory _docs/site --bind 127.0.0.1 8000

lab: $(READY) ## JupyterLab on the tutorials, with everything installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt jupyterlab
	$(BIN)/jupyter lab --ServerApp.root_dir="$(CURDIR)" nbs/tutorials/start.ipynb

dist: $(READY) ## the source archive, and the wheel that is made from it, into dist/
	$(BIN)/python -m build --outdir dist .

coverage: $(READY) ## the tests again, every process counted: which lines none of them has run (half an hour)
	LORASENT_TESTS=cold $(TESTS) --cov --cov-report=term:skip-covered

readme: $(READY) ## README.md from nbs/index.ipynb
	$(BIN)/python -m nbconvert --to markdown nbs/index.ipynb --output-dir . --output README

MEASURED := tutorials/which_method tutorials/soft_labels tutorials/long_text benchmarks/preparation benchmarks/arithmetic benchmarks/metrics benchmarks/prediction benchmarks/significance benchmarks/verdicts benchmarks/few_rows benchmarks/memory benchmarks/checks benchmarks/encoders benchmarks/calibration tutorials/wrong_labels
measure: $(READY) ## run what was measured again, in full, and keep the outputs
	for notebook in $(MEASURED); do LORASENT_FULL=1 $(BIN)/python -m nbconvert --to notebook --execute --inplace nbs/$$notebook.ipynb || exit 1; done
	$(BIN)/nbdev_clean

# constraints.txt pins what was tested; torch is the CPU build wherever one is offered.
$(READY): settings.ini setup.py constraints.txt
	$(PYTHON) -c "import sys; sys.exit('lorasent needs Python 3.10 or newer, this is ' + sys.version.split()[0] + '; set PYTHON=python3.12, say') if sys.version_info < (3, 10) else None"
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[embedded,dev]"
	touch $(READY)

clean: ## remove the environment and what was built; reports stay
	rm -rf .venv build dist _docs *.egg-info
