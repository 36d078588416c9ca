package serve

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/nexusservice"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/worker"
)

// options are the options of awaitop's worker for a valid configuration. clients are those of the services over gRPC.
func (c Config) options(clients map[string]lro.Client) worker.Options {
	o := worker.Options{
		Rest:       c.rest(),
		Clients:    clients,
		Activities: activities.Options{MaxHeld: c.Polls.MaxHeld, MaxAsync: c.Polls.MaxAsync},
		Nexus:      c.Nexus.options(),
	}
	if len(c.Budgets) > 0 {
		o.Budgets = map[string]poller.Budget{}
	}
	for service, budget := range c.Budgets {
		o.Budgets[service] = poller.Budget(budget)
	}
	return o
}

// options are those of the Nexus service, nil if the worker does not serve it.
func (n Nexus) options() *nexusservice.Options {
	if !n.Serve {
		return nil
	}
	o := &nexusservice.Options{Allow: nexusservice.Rule(n.Allow), SearchAttributes: n.SearchAttributes}
	if len(n.Callers) > 0 {
		o.Callers = map[string]nexusservice.Rule{}
	}
	for namespace, rule := range n.Callers {
		o.Callers[namespace] = nexusservice.Rule(rule)
	}
	return o
}

// rest is how a valid configuration reaches services over HTTP.
func (c Config) rest() rest.Options {
	timeout, _ := c.RequestTimeout.In("") // it is valid
	o := rest.Options{
		AllowedPrefixes: c.AllowedPrefixes, QuotaProject: c.QuotaProject,
		WithoutAuthentication: c.WithoutAuthentication, RequestTimeout: timeout, MaxBytesInFlight: c.MaxBytesInFlight,
	}
	for _, s := range c.Services {
		if !s.overGRPC() {
			o.Services = append(o.Services, s.rest())
		}
	}
	return o
}

// rest is how the worker reaches the service.
func (s Service) rest() rest.Service {
	return rest.Service{
		Name: s.Name, Endpoint: s.Endpoint, Regional: s.Regional, Version: s.Version, Prefix: s.Prefix,
		WithoutAuthentication: s.WithoutAuthentication, Scopes: s.Scopes,
		QuotaProject: s.QuotaProject, ErrorFormat: rest.ErrorFormat(s.ErrorFormat), WithoutWait: s.WithoutWait,
	}
}

// ServiceNames are the names of the services that the worker reaches, sorted.
func (c Config) ServiceNames() []string {
	var names []string
	for _, s := range c.Services {
		if s.overGRPC() {
			names = append(names, s.Name)
		}
	}
	if over := c.rest(); len(over.Services) > 0 || len(names) == 0 {
		names = append(names, over.ServiceNames()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
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

// newWorker returns the worker that the configuration describes. clients are those of the services over gRPC.
func (c Config) newWorker(ctx context.Context, temporal client.Client, clients map[string]lro.Client, log *slog.Logger, onFatalError func(error)) (*worker.Worker, error) {
	own, options := c.options(clients), c.sdkOptions()
	own.Logger, options.OnFatalError = log, onFatalError
	return worker.New(ctx, temporal, c.TaskQueue, own, options)
}
