package main

import (
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

var order = Order{
	Instance: "projects/p/instances/orders",
	Config:   "projects/p/instanceConfigs/regional-us-central1",
	Schema:   []string{"CREATE TABLE t (id INT64) PRIMARY KEY (id)"},
}

// All goes well: the instance and the database are there.
func TestProvision(t *testing.T) {
	t.Parallel()
	env := testsuite.NewEnv(t, testsuite.Options{Plans: map[testsuite.Method][]testsuite.Script{
		"CreateInstance": {{RunsFor: 20 * time.Minute}}, // no time passes: the environment skips it
	}})
	env.ExecuteWorkflow(Provision, order)
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	env.AssertReady(t, order.Instance, order.Instance+"/databases/orders")
}

// The schema fails after an hour: the database and the instance are deleted.
func TestProvisionUndoes(t *testing.T) {
	t.Parallel()
	env := testsuite.NewEnv(t, testsuite.Options{Plans: map[testsuite.Method][]testsuite.Script{
		"UpdateDatabaseDdl": {{RunsFor: time.Hour, End: testsuite.Fail(lro.CodeInternal, "out of luck")}},
	}})
	env.ExecuteWorkflow(Provision, order)
	testsuite.AssertFailure(t, env.GetWorkflowError(), lro.TypeOperationFailed, lro.CodeInternal)
	env.AssertNothingLeft(t)
}

// A cancel while the instance is being made: nothing is left.
func TestProvisionCanceled(t *testing.T) {
	t.Parallel()
	env := testsuite.NewEnv(t, testsuite.Options{Plans: map[testsuite.Method][]testsuite.Script{
		"CreateInstance": {{RunsFor: time.Hour}},
	}})
	env.RegisterDelayedCallback(env.CancelWorkflow, 10*time.Minute)
	env.ExecuteWorkflow(Provision, order)
	testsuite.AssertCancellation(t, env.GetWorkflowError(), lro.CancellationCanceled)
	env.AssertNothingLeft(t)
}
