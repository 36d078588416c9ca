package spanner_test

import (
	"testing"
	"time"

	"github.com/awaitop/awaitop/activities/spanner/names"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// After an undo the step is tried again, with the same key: what the first try
// started is never adopted, though it succeeded, and though the second's reply
// is lost.
func TestAgainAfterUndo(t *testing.T) {
	t.Parallel()
	undo := map[testsuite.Method]string{
		"CreateInstance":          names.DeleteInstance,
		"CreateDatabase":          names.DropDatabase,
		"RestoreDatabase":         names.DropDatabase,
		"CreateBackup":            names.DeleteBackup,
		"CopyBackup":              names.DeleteBackup,
		"CreateInstanceConfig":    names.DeleteInstanceConfig,
		"CreateInstancePartition": names.DeleteInstancePartition,
	}
	for _, s := range allStarters() {
		if !s.creates {
			continue
		}
		for _, lost := range []bool{false, true} {
			name := string(s.method)
			if lost {
				name += ", reply lost"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				b := newBench(t).stage(s)
				b.service.Plan(s.method, testsuite.Script{}, testsuite.Script{RunsFor: time.Hour})
				first, err := b.attempts().start(s)
				if err != nil {
					t.Fatal(err)
				}
				var removed starters.RemoveOutput
				in := starters.RemoveInput{Target: s.target, Key: key, Since: s.input().Since}
				if err := b.attempts().run(undo[s.method], in, &removed); err != nil || removed.Result != starters.RemoveDeleted {
					t.Fatalf("undo: %q, %v", removed.Result, err)
				}
				if lost {
					b.service.AddFaults(testsuite.LostReply().On(s.method).Calls(1, 1))
				}
				again, err := b.attempts().start(s)
				if err != nil || again.Ref == first.Ref || again.Adopted != lost || len(b.started(s)) != 2 {
					t.Errorf("%s adopted %t (%v) after %s; the server has %v", again.Ref, again.Adopted, err, first.Ref, b.started(s))
				}
			})
		}
	}
}

// The id of a schema change answers ALREADY_EXISTS for good: for a database that
// was dropped and made again the next is taken.
func TestDdlOfAnEarlierDatabase(t *testing.T) {
	t.Parallel()
	s := allStarters()[6]
	b := newBench(t).stage(s)
	first, err := b.attempts().start(s)
	if err != nil {
		t.Fatal(err)
	}
	b.put(database) // another one, by the same name
	again, err := b.attempts().start(s)
	if err != nil || again.Adopted || again.Ref.Name != first.Ref.Name+"_2" {
		t.Errorf("%s adopted %t (%v), want the second generation of %s", again.Ref, again.Adopted, err, first.Ref)
	}
}

// The record of the operation is gone, what it made is not.
func TestAdoptAResult(t *testing.T) {
	t.Parallel()
	s := allStarters()[0]
	b := newBench(t)
	b.service.Put(instance, map[string]any{"displayName": "x", "labels": map[string]any{"awaitop_key": key}})
	out, err := b.attempts().start(s)
	if err != nil || !out.Found || !out.Adopted || !out.Ref.IsZero() || out.Operation.State() != lro.StateSucceeded {
		t.Fatalf("%+v, %v, want a success without a name", out, err)
	}
	made, err := lro.Decode[struct {
		Type string `json:"@type"`
		Name string `json:"name"`
	}](out.Operation.Response)
	if err != nil || made.Name != instance || made.Type != "type.googleapis.com/google.spanner.admin.instance.v1.Instance" {
		t.Errorf("the response is %s (%v)", out.Operation.Response, err)
	}
	b.service.AssertCalls(t, s.method, 0)
}

// Quota errors are retried as java-spanner does: after 5 s, then twice as long,
// a minute at most; the server's advice is a minimum.
func TestQuotaDelays(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		fault  testsuite.Fault
		least  time.Duration
		most   time.Duration
	}{
		"quota":       {"5 s and up to a quarter", testsuite.RateLimited(0), 5 * time.Second, 6250 * time.Millisecond},
		"403":         {"a 403 with a quota reason is one", testsuite.QuotaDenied(), 5 * time.Second, 6250 * time.Millisecond},
		"advice":      {"RetryInfo is a minimum", testsuite.RateLimited(40 * time.Second), 40 * time.Second, 40 * time.Second},
		"bounded":     {"for an hour at most", testsuite.RateLimited(10 * 365 * 24 * time.Hour), time.Hour, time.Hour},
		"unavailable": {"the retry policy's own", testsuite.Unavailable(), 0, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := allStarters()[0]
			b := newBench(t, tt.fault.On(s.method))
			var out starters.StartOutput
			a := b.attempts()
			if err := a.once(s.activity, s.input(), &out); err != nil || out.Again == nil {
				t.Fatalf("%s: %+v (%v)", tt.reason, out, err)
			}
			if a.again(&out); a.delay < tt.least || a.delay > tt.most {
				t.Errorf("%s: again after %v", tt.reason, a.delay)
			}
		})
	}
}

// Input is refused before anything is sent, by the field's name.
func TestInvalidInput(t *testing.T) {
	t.Parallel()
	all := allStarters()
	with := func(i int, change func(*starters.StartInput)) (string, starters.StartInput) {
		in := all[i].input()
		change(&in)
		return all[i].activity, in
	}
	request := func(raw string) func(*starters.StartInput) {
		return func(in *starters.StartInput) { in.Request = []byte(raw) }
	}
	rows := map[string]struct {
		starter int
		change  func(*starters.StartInput)
		field   string
	}{
		"no key":          {0, func(in *starters.StartInput) { in.Key = "" }, "key"},
		"key":             {0, func(in *starters.StartInput) { in.Key = "Upper" }, "key"},
		"no since":        {0, func(in *starters.StartInput) { in.Since = time.Time{} }, "since"},
		"no target":       {0, func(in *starters.StartInput) { in.Target = "" }, "target"},
		"dangerous":       {0, func(in *starters.StartInput) { in.Target = "projects/p/instances/../x" }, "target"},
		"another kind":    {0, func(in *starters.StartInput) { in.Target = database }, "target"},
		"database id":     {3, func(in *starters.StartInput) { in.Target = instance + "/databases/X`" }, "target"},
		"unknown field":   {0, request(`{"nodes":1}`), "request.nodes"},
		"mistyped":        {0, request(`{"nodeCount":"many"}`), "request.nodeCount"},
		"no object":       {0, request(`[]`), "request"},
		"no mask":         {1, request(`{"instance":{"nodeCount":3}}`), "request.fieldMask"},
		"no instance":     {1, request(`{"fieldMask":"nodeCount"}`), "request.instance"},
		"no config":       {2, request(`{}`), "request.targetConfig"},
		"no backup":       {4, request(`{}`), "request.backup"},
		"no statements":   {6, request(`{}`), "request.statements"},
		"empty statement": {6, request(`{"statements":[""]}`), "request.statements"},
		"a word":          {4, request(`{"backup":"nightly"}`), "request.backup"},
		"no quorum":       {7, request(`{}`), "request.quorumType"},
		"empty quorum":    {7, request(`{"quorumType":{}}`), "request.quorumType"},
		"no location":     {7, request(`{"quorumType":{"singleRegion":{}}}`), "request.quorumType"},
		"two quorums":     {7, request(`{"quorumType":{"singleRegion":{"servingLocation":"us-east1"},"dualRegion":{}}}`), "request.quorumType"},
		"no database":     {8, request(`{"backup":{}}`), "request.backup.database"},
		"no source":       {9, request(`{}`), "request.sourceBackup"},
		"source's kind":   {9, request(`{"sourceBackup":"projects/p/instances/i"}`), "request.sourceBackup"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			activity, in := with(row.starter, row.change)
			var out starters.StartOutput
			f := testsuite.AssertFailure(t, b.attempts().run(activity, in, &out), lro.TypeInvalidInput, lro.CodeInvalidArgument)
			if f.Field != row.field {
				t.Errorf("the failure names %q (%s), want %q", f.Field, f.Reason, row.field)
			}
			b.service.AssertCalls(t, "GetInstance", 0)
		})
	}
}

// What a request sets to zero is sent: an update could not switch anything off
// otherwise.
func TestZeroIsSent(t *testing.T) {
	t.Parallel()
	s := allStarters()[5]
	b := newBench(t)
	b.put(instance)
	b.service.Put(database, map[string]any{"enableDropProtection": true})
	if _, err := b.attempts().start(s); err != nil {
		t.Fatal(err)
	}
	var out starters.ResourceOutput
	if err := b.attempts().run(names.GetDatabase, starters.ResourceInput{Name: database}, &out); err != nil {
		t.Fatal(err)
	}
	got, err := lro.Decode[struct {
		On bool `json:"enableDropProtection"`
	}](out.Resource)
	if err != nil || got.On {
		t.Errorf("the database is %s (%v)", out.Resource, err)
	}
}
