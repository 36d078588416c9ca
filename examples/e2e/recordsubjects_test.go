package e2e

import (
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// The folders of the recorded histories of examples.
const (
	provisionedFolder = "../provisioning/provision/testdata/histories/unreleased"
	planedFolder      = "../dataplane/plane/testdata/histories/unreleased"
)

// subjectRecording is a run of a subject whose history is recorded.
type subjectRecording struct {
	of     subject
	folder string
	plan   map[testsuite.Method][]testsuite.Script
	faults map[testsuite.Method]testsuite.Fault
	cancel testsuite.Method // canceled at its first call; "" for not
}

// subjectRecordings are the ways in which the examples' workflows end, by the names of their files.
func subjectRecordings() map[string]subjectRecording {
	type plan = map[testsuite.Method][]testsuite.Script
	type faults = map[testsuite.Method]testsuite.Fault
	forever, failing := testsuite.Script{End: testsuite.RunForever()}, testsuite.Script{End: testsuite.Fail(lro.CodeInternal, "no")}
	late := testsuite.Script{RunsFor: time.Second, End: testsuite.Fail(lro.CodeInternal, "no")}
	const cluster, primary = "alloydb.projects.locations.clusters.create", "alloydb.projects.locations.clusters.instances.create"
	all := map[string]subjectRecording{
		"provision_succeeded":      {},
		"provision_failed":         {plan: plan{"CreateBackup": {failing}}},
		"provision_sibling":        {plan: plan{"CreateDatabase": {late, forever}}},
		"provision_canceled":       {plan: plan{"CreateBackup": {forever}}, cancel: "CreateBackup"},
		"provision_canceled_start": {faults: faults{"CreateBackup": testsuite.Unavailable()}, cancel: "CreateBackup"},
		"provision_not_undone":     {plan: plan{"CreateBackup": {failing}}, faults: faults{"DeleteInstance": testsuite.PermissionDenied()}},
	}
	for name, recording := range all {
		recording.of, recording.folder = provisioned, provisionedFolder
		all[name] = recording
	}
	for name, recording := range map[string]subjectRecording{
		"plane_succeeded":      {},
		"plane_failed":         {plan: plan{primary: {failing}}},
		"plane_sibling":        {plan: plan{"sql.instances.insert": {late}, cluster: {forever}}},
		"plane_canceled":       {plan: plan{cluster: {forever}}, cancel: cluster},
		"plane_canceled_start": {faults: faults{cluster: testsuite.Unavailable()}, cancel: cluster},
		"plane_lost_reply":     {faults: faults{"compute.globalAddresses.insert": testsuite.LostReply().Times(1)}},
		"plane_not_undone":     {plan: plan{primary: {failing}}, faults: faults{"sql.instances.delete": testsuite.PermissionDenied()}},
	} {
		recording.of, recording.folder = planed, planedFolder
		all[name] = recording
	}
	return all
}

// Each way that a subject ends replays. With -record the histories are kept for later code.
func TestSubjectHistoriesReplay(t *testing.T) {
	t.Parallel()
	for name, recording := range subjectRecordings() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newSite(t, recording.of, benchOptions{record: true}).recordRun(name, recording)
		})
	}
}

// recordRun runs the subject to its end and records it.
func (s *site) recordRun(name string, recording subjectRecording) {
	s.t.Helper()
	for method, scripts := range recording.plan {
		s.of(method).Plan(method, scripts...)
	}
	for method, fault := range recording.faults {
		s.of(method).AddFaults(fault.On(method))
	}
	r := s.begin("recorded", 5*time.Second)
	if recording.cancel != "" {
		s.waitFor("the call", func() bool { return s.of(recording.cancel).Count(recording.cancel) > 0 })
		if err := s.client.CancelWorkflow(s.ctx, r.GetID(), ""); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := r.Get(s.ctx, nil); s.ctx.Err() != nil { // how it ends is other tests' matter
		s.t.Fatalf("it does not end: %v", err)
	}
	s.record(r.GetID(), r.GetRunID(), recording.folder, name)
}
