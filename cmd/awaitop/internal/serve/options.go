package serve

import (
	"context"
	"time"

	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/worker"
)

// options are the options of awaitop's worker for a valid configuration.
func (c Config) options() worker.Options {
	timeout, _ := c.RequestTimeout.In("") // it is valid
	o := worker.Options{
		Rest: rest.Options{
			AllowedPrefixes: c.AllowedPrefixes, QuotaProject: c.QuotaProject,
			WithoutAuthentication: c.WithoutAuthentication, RequestTimeout: timeout, MaxBytesInFlight: c.MaxBytesInFlight,
		},
		Activities: activities.Options{MaxHeld: c.Polls.MaxHeld, MaxAsync: c.Polls.MaxAsync},
	}
	for _, s := range c.Services {
		o.Rest.Services = append(o.Rest.Services, rest.Service(s))
	}
	if len(c.Budgets) > 0 {
		o.Budgets = map[string]poller.Budget{}
	}
	for service, budget := range c.Budgets {
		o.Budgets[service] = poller.Budget(budget)
	}
	return o
}

// sdkOptions are the options of the Temporal SDK's workers for a valid configuration.
func (c Config) sdkOptions() sdk.Options {
	stop, _ := c.Worker.StopTimeout.In("") // it is valid
	o := sdk.Options{
		Identity:                               c.Worker.Identity,
		MaxConcurrentActivityExecutionSize:     c.Worker.ActivitySlots,
		MaxConcurrentWorkflowTaskExecutionSize: c.Worker.WorkflowSlots,
		WorkerStopTimeout:                      stop,
	}
	if c.Worker.Deployment != "" {
		o.DeploymentOptions = sdk.DeploymentOptions{
			UseVersioning: true,
			Version:       sdk.WorkerDeploymentVersion{DeploymentName: c.Worker.Deployment, BuildID: c.Worker.BuildID},
		}
	}
	return o
}

// drainTime bounds how long the process takes to end.
func (c Config) drainTime() time.Duration {
	if stop, _ := c.Worker.StopTimeout.In(""); stop > 0 {
		return stop
	}
	return worker.DefaultStopTimeout
}

// newWorker returns the worker that the configuration describes.
func (c Config) newWorker(ctx context.Context, temporal client.Client, onFatalError func(error)) (*worker.Worker, error) {
	options := c.sdkOptions()
	options.OnFatalError = onFatalError
	return worker.New(ctx, temporal, c.TaskQueue, c.options(), options)
}
