.DEFAULT_GOAL := help

library := github.com/awaitop/awaitop
# Packages with golden files of payloads.
payloads := lro activities activities/orphans activities/starters internal/sets workflows control nexusservice

.PHONY: help
help: ## Show this help.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: test
test: ## Test every module, end to end on a real Temporal server too.
	go test work

.PHONY: unit
unit: ## Test the library alone, in seconds.
	go test ./...

.PHONY: race
race: ## Test the library under the race detector.
	go test -race ./...

.PHONY: bench
bench: ## Run the library's benchmarks; they print ratios.
	go test -run '^$$' -bench . ./...

.PHONY: golden
golden: ## Rewrite golden files. A change to one is a change of a contract.
	go test $(payloads:%=./%) ./cmd/awaitop/internal/cli -update
	go test . -update
	go generate ./internal/contractgen

.PHONY: recordings
recordings: ## Record the terminal for docs/recordings, on a local Temporal server. Takes two minutes.
	go test ./cmd/awaitop -count=1 -run TestRecording -record

.PHONY: histories
histories: ## Record histories of every path of workflow code on a local Temporal server. Takes a minute.
	go test ./examples/e2e -count=1 -run Replay -record
	go test -count=1 ./internal/histories ./examples/provisioning/provision ./examples/dataplane/plane

.PHONY: release-contract
release-contract: ## Keep the contract of release VERSION for good, such as VERSION=0.1.0.
	test -n "$(VERSION)"
	mkdir "contract/releases/$(VERSION)"
	cp contract/awaitop.nexusrpc.yaml docs/awaitop-worker.schema.json testdata/contract.txt \
		cmd/awaitop/internal/cli/testdata/exit-statuses.md "contract/releases/$(VERSION)"
	for folder in $(payloads); do \
		mkdir -p "contract/releases/$(VERSION)/payloads/$$folder" && \
		cp $$folder/testdata/*.json "contract/releases/$(VERSION)/payloads/$$folder" || exit 1; \
	done
	for folder in internal/histories examples/provisioning/provision examples/dataplane/plane; do \
		cp -r $$folder/testdata/histories/unreleased "$$folder/testdata/histories/v$(VERSION)" || exit 1; \
	done

.PHONY: quickstart
quickstart: ## Run three waits on a local Temporal server.
	go run ./examples/quickstart

.PHONY: provisioning
provisioning: ## Provision a scripted Spanner in steps; the index fails, and all is undone.
	go run ./examples/provisioning -fail-at index

.PHONY: dataplane
dataplane: ## Provision over six scripted APIs; the last step fails, and all is undone.
	go run ./examples/dataplane -fail-at primary

.PHONY: benchmark
benchmark: ## Await operations in awaitop's and other ways, and compare. Takes ten minutes.
	go run ./examples/benchmark -n 100 -runs 1

.PHONY: at-server
at-server: ## Compare the lag of waits at the server with that of reads. Takes eight minutes.
	go run ./examples/benchmark -scenario at-server

.PHONY: sweep
sweep: ## Cancel and kill provisioning and the data plane at 400 points each. Takes half an hour.
	go test ./examples/e2e -count=1 -run 'TestSweep(Cancel|Kill)' -sweep 400 -timeout 60m -v

.PHONY: thousands
thousands: ## Run and undo 2,100 steps within Temporal's own limits. Takes half an hour.
	go test ./examples/e2e -count=1 -run 'TestThousands$$' -thousands 2100 -timeout 60m -v

.PHONY: ledger
ledger: ## Cancel 1,200 operations under kills, and compare what is told with the API's record. Takes five minutes.
	go test ./examples/e2e -count=1 -run TestLedger -ledger 1200 -timeout 30m -v

.PHONY: hostile
hostile: ## Await 200 hostile operations beside 200 healthy ones in 512 MiB. Takes two minutes.
	go test ./examples/e2e -count=1 -run 'TestHostileReplies$$' -hostile 200 -timeout 20m -v

.PHONY: scalein
scalein: ## End one of two workers that hold 2,000 waits, and say what that costs. Takes four minutes.
	go test ./cmd/awaitop -count=1 -run 'TestScaleIn$$' -scalein 2000 -timeout 30m -v

.PHONY: typescript
typescript: ## Cancel 100 sagas in TypeScript, and kill their workers. Takes five minutes.
	go test ./examples/typescript -count=1 -run 'TestTrial$$' -trial 100 -timeout 30m -v

.PHONY: dev
dev: ## Try the binary: a Temporal server, a scripted Spanner and a worker.
	go run ./cmd/awaitop dev

.PHONY: monitoring
monitoring: ## Check the dashboard and the alert rules with Prometheus' parser, and the manifests of deploy.
	cd monitoring && GOWORK=off go test ./...

# The binary and the examples require a release; they are tidied against the checkout.
.PHONY: tidy
tidy: ## Tidy the go.mod of every module.
	go mod tidy
	cd monitoring && go mod tidy
	cd .ci/release && go mod tidy
	for module in cmd/awaitop examples; do (cd $$module && \
		go mod edit -replace $(library)=$(CURDIR) -replace $(library)/cmd/awaitop=$(CURDIR)/cmd/awaitop && go mod tidy; \
		go mod edit -dropreplace $(library) -dropreplace $(library)/cmd/awaitop) || exit 1; done

.PHONY: release
release: ## Install the binary, and import the library, from a module proxy made of the checkout.
	cd .ci/release && GOWORK=off go test -count=1 ./...

.PHONY: dist
dist: ## Build the binary for each system, with an SBOM and checksums, into the folder dist.
	deploy/dist

.PHONY: ci
ci: ## Run what CI runs.
	.ci/run
