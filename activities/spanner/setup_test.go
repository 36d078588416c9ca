package spanner_test

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	sdk "go.temporal.io/sdk/testsuite"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/spanner"
	"github.com/awaitop/awaitop/activities/spanner/names"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
)

const (
	project   = "projects/p"
	instance  = project + "/instances/i"
	database  = instance + "/databases/db"
	backup    = instance + "/backups/b"
	config    = project + "/instanceConfigs/custom-c"
	partition = instance + "/instancePartitions/part"
	key       = "awaitop_0123456789abcdef"
)

// starter is one of the starters with a request it takes.
type starter struct {
	activity string
	method   testsuite.Method
	target   string
	request  string
	creates  bool
	labeled  bool
}

func allStarters() []starter {
	return []starter{
		{names.CreateInstance, "CreateInstance", instance, `{"config":"c","nodeCount":1,"labels":{"team":"a"}}`, true, true},
		{names.UpdateInstance, "UpdateInstance", instance, `{"instance":{"nodeCount":3},"fieldMask":"node_count"}`, false, false},
		{names.MoveInstance, "MoveInstance", instance, `{"targetConfig":"projects/p/instanceConfigs/nam3"}`, false, false},
		{names.CreateDatabase, "CreateDatabase", database, `{"extraStatements":["CREATE TABLE t"]}`, true, false},
		{names.RestoreDatabase, "RestoreDatabase", database, `{"backup":"projects/p/instances/i/backups/source"}`, true, false},
		{names.UpdateDatabase, "UpdateDatabase", database, `{"database":{"enableDropProtection":false},"updateMask":"enable_drop_protection"}`, false, false},
		{names.UpdateDatabaseDdl, "UpdateDatabaseDdl", database, `{"statements":["CREATE INDEX x"]}`, false, false},
		{names.ChangeQuorum, "ChangeQuorum", database, `{"quorumType":{"dualRegion":{}}}`, false, false},
		{names.CreateBackup, "CreateBackup", backup, `{"backup":{"database":"projects/p/instances/i/databases/other","expireTime":"2030-01-01T00:00:00Z"}}`, true, false},
		{names.CopyBackup, "CopyBackup", backup, `{"sourceBackup":"projects/p/instances/i/backups/source","expireTime":"2030-01-01T00:00:00Z"}`, true, false},
		{names.CreateInstanceConfig, "CreateInstanceConfig", config, `{"displayName":"mine"}`, true, true},
		{names.UpdateInstanceConfig, "UpdateInstanceConfig", config, `{"instanceConfig":{"displayName":"new"},"updateMask":"displayName"}`, false, false},
		{names.CreateInstancePartition, "CreateInstancePartition", partition, `{"displayName":"mine","nodeCount":1}`, true, false},
		{names.UpdateInstancePartition, "UpdateInstancePartition", partition, `{"instancePartition":{"nodeCount":2},"fieldMask":"nodeCount"}`, false, false},
	}
}

// bench is a scripted Spanner and the activities on it.
type bench struct {
	t       *testing.T
	service *testsuite.Service
	client  *rest.Client
	acts    *spanner.Activities
}

func newBench(t *testing.T, faults ...testsuite.Fault) *bench {
	t.Helper()
	return newBenchAt(t, poller.SystemClock(), faults...)
}

func newBenchAt(t *testing.T, clock poller.Clock, faults ...testsuite.Fault) *bench {
	t.Helper()
	return newBenchOver(t, nil, clock, faults...)
}

// newBenchOver has the requests go through transport, nil for none of its own.
func newBenchOver(t *testing.T, transport http.RoundTripper, clock poller.Clock, faults ...testsuite.Fault) *bench {
	t.Helper()
	service := testsuite.ForTest(t, testsuite.Options{Faults: faults, Clock: clock})
	client, err := rest.New(t.Context(), rest.Options{
		Services:              []rest.Service{{Name: lro.SpannerService, Endpoint: service.Serve(t)}},
		WithoutAuthentication: true,
		Transport:             transport,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	acts, err := spanner.New(activities.New(client, activities.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	return &bench{t: t, service: service, client: client, acts: acts}
}

// stage puts there what a starter needs.
func (b *bench) stage(s starter) *bench {
	b.t.Helper()
	if s.creates && s.target == instance {
		return b
	}
	there := []string{instance, instance + "/databases/other"}
	if strings.Contains(s.request, "/backups/source") { // an instance that has backups cannot be moved
		there = append(there, instance+"/backups/source")
	}
	for _, name := range there {
		b.put(name)
	}
	if !s.creates && s.target != instance {
		b.put(s.target)
	}
	return b
}

func (b *bench) put(name string) {
	b.t.Helper()
	var fields map[string]any
	if strings.Contains(name, "/backups/") {
		fields = map[string]any{"database": database}
	}
	b.service.Put(name, fields)
}

// attempts runs an activity as a workflow would: again after each retryable
// failure, or when it says so, with what is known by then.
type attempts struct {
	t     *testing.T
	acts  *spanner.Activities
	known *starters.Known // of the next start
	beat  *starters.Known // what the last attempt recorded before its call
	tries int
	delay time.Duration // before the last attempt
	ago   time.Duration // by how much what is known is put back
}

func (b *bench) attempts() *attempts { return &attempts{t: b.t, acts: b.acts} }

// once makes one attempt.
func (a *attempts) once(name string, in, out any) error {
	a.t.Helper()
	var suite sdk.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.NewTextHandler(io.Discard, nil))))
	env := suite.NewTestActivityEnvironment()
	a.acts.Register(env)
	env.SetOnActivityHeartbeatListener(func(_ *activity.Info, details converter.EncodedValues) {
		a.beat = &starters.Known{}
		if err := details.Get(a.beat); err != nil {
			a.t.Error(err)
		}
	})
	a.tries++
	if start, ok := in.(starters.StartInput); ok {
		start.Attempt = a.tries
		if a.known != nil {
			known := *a.known
			known.At = known.At.Add(-a.ago)
			start.Known = &known
		}
		in = start
	}
	value, err := env.ExecuteActivity(name, in)
	if err != nil {
		return err
	}
	return value.Get(out)
}

// run makes attempts until one is final, ten at most.
func (a *attempts) run(name string, in, out any) error {
	a.t.Helper()
	for {
		err := a.once(name, in, out)
		var app *temporal.ApplicationError
		switch started, _ := out.(*starters.StartOutput); {
		case a.tries == 10:
			return err
		case err == nil && started != nil && started.Again != nil:
			a.again(started)
		case errors.As(err, &app) && !app.NonRetryable():
			a.delay = app.NextRetryDelay()
		default:
			return err
		}
	}
}

// again takes over what the next attempt gets.
func (a *attempts) again(out *starters.StartOutput) {
	a.t.Helper()
	var err error
	if a.delay, err = out.Again.After.In(""); err != nil {
		a.t.Fatal(err)
	}
	a.known = out.Again.Known
	*out = starters.StartOutput{}
}

func (a *attempts) start(s starter) (starters.StartOutput, error) {
	a.t.Helper()
	var out starters.StartOutput
	err := a.run(s.activity, s.input(), &out)
	return out, err
}

func (s starter) input() starters.StartInput {
	return starters.StartInput{Target: s.target, Key: key, Since: time.Now().Add(-time.Second).UTC(), Request: json.RawMessage(s.request)}
}

// started are the operations of a starter's method that the service has. A
// restore's second, which nobody starts, is not among them.
func (b *bench) started(s starter) []lro.Ref {
	var own []lro.Ref
	for _, ref := range b.service.Refs() {
		op, _ := b.service.Peek(ref)
		if strings.HasPrefix(ref.Name, s.target+"/operations/") && !strings.Contains(string(op.Metadata), "OptimizeRestored") {
			own = append(own, ref)
		}
	}
	return own
}
