package google_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/log"
	sdk "go.temporal.io/sdk/testsuite"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/google/names"
	"github.com/awaitop/awaitop/internal/manualclock"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services"
	operations "github.com/awaitop/awaitop/services/grpc"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/worker"
	"github.com/awaitop/awaitop/workflows"
	"github.com/awaitop/awaitop/workflows/google"
)

const (
	redisAPI    = "redis.googleapis.com"
	redisTarget = "projects/p/locations/l/instances/i"
	createRedis = "redis.projects.locations.instances.create"
	exportRedis = "redis.projects.locations.instances.export"
)

// envOverGRPC is an environment whose worker awaits a service's operations over gRPC, and starts them over HTTP.
func envOverGRPC(t *testing.T, plans map[testsuite.Method][]testsuite.Script) (*sdk.TestWorkflowEnvironment, *testsuite.Service) {
	t.Helper()
	var suite sdk.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(time.Minute)
	env.SetWorkerOptions(sdkworker.Options{DeadlockDetectionTimeout: time.Minute})
	clock := manualclock.ForEnv(env.Now)
	service := testsuite.ForTest(t, testsuite.Options{Service: redisAPI, Plans: plans, Clock: clock})
	endpoint := service.Serve(t)
	awaits, err := operations.New(t.Context(), operations.Options{Service: redisAPI, Endpoint: endpoint, WithoutAuthentication: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = awaits.Close() })
	starts, err := rest.New(t.Context(), rest.Options{WithoutAuthentication: true, Clock: clock, Services: []rest.Service{{Name: redisAPI, Endpoint: endpoint}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = starts.Close() })
	client, err := services.ByService(map[string]lro.Client{redisAPI: awaits}, starts)
	if err != nil {
		t.Fatal(err)
	}
	worker.Register(env, client, activities.Options{MaxHeld: activities.NeverHold, Clock: clock})
	return env, service
}

// runs is a step with a result, alone or in a set.
func runs[T any](method string, inSet bool) func(workflow.Context) (any, error) {
	return func(ctx workflow.Context) (any, error) {
		var made T
		err := workflows.WithSaga(ctx, workflows.SagaOptions{}, func(ctx workflow.Context, saga *workflows.Saga) (err error) {
			step := google.Start[T](method, redisTarget, nil)
			if method != createRedis {
				step = step.WithoutUndo()
			}
			if inSet {
				return workflows.RunAll(ctx, saga, step.Into(&made))
			}
			made, err = workflows.Run(ctx, saga, step)
			return err
		})
		if _, message := any(made).(*anypb.Any); message {
			return resource{}, err // Temporal could not encode it without its type
		}
		return made, err
	}
}

// The type of a response over gRPC is often not known. The result of a step is what it made all the same.
func TestEncodedResponse(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		run    func(workflow.Context) (any, error)
		script testsuite.Script
		there  bool // the target, before
		gets   bool // the target is read for the result
		failed string
	}{
		"struct":           {"it is read from the target", runs[resource](createRedis, false), testsuite.Script{}, false, true, ""},
		"struct, of a set": {"so are those of many steps", runs[resource](createRedis, true), testsuite.Script{}, false, true, ""},
		"any type":         {"it takes the encoded response", runs[*anypb.Any](createRedis, false), testsuite.Script{}, false, false, ""},
		"no result":        {"nothing is read", runs[struct{}](createRedis, false), testsuite.Script{}, false, false, ""},
		"another message": {
			"the target is not what the response says", runs[resource](exportRedis, false),
			testsuite.Script{End: testsuite.Succeed(`{"@type":"type.googleapis.com/google.cloud.redis.v1.Report","name":"r"}`)},
			true, false, "google.cloud.redis.v1.Report as google_test.resource: it is encoded",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.script.RunsFor = time.Second // over HTTP it is started, over gRPC it ends
			env, service := envOverGRPC(t, map[testsuite.Method][]testsuite.Script{createRedis: {tt.script}, exportRedis: {tt.script}})
			if tt.there {
				service.Put(redisTarget, nil)
			}
			var reads int
			env.SetOnActivityStartedListener(func(info *activity.Info, _ context.Context, _ converter.EncodedValues) {
				if info.ActivityType.Name == names.Get {
					reads++
				}
			})
			env.ExecuteWorkflow(tt.run)
			if tt.failed != "" {
				err := env.GetWorkflowError()
				if testsuite.AssertFailure(t, err, lro.TypeProtocolError, lro.CodeUnknown); err != nil && !strings.Contains(err.Error(), tt.failed) {
					t.Errorf("%s: %v", tt.reason, err)
				}
				return
			}
			if err := env.GetWorkflowError(); err != nil {
				t.Fatalf("%s: %v", tt.reason, err)
			}
			var made resource
			if err := env.GetWorkflowResult(&made); err != nil {
				t.Fatal(err)
			}
			if (reads > 0) != tt.gets || tt.gets && made.Name != redisTarget {
				t.Errorf("%s: %+v after %d reads of the target", tt.reason, made, reads)
			}
			service.AssertReady(t, redisTarget)
		})
	}
}
