package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/serve"
	"github.com/awaitop/awaitop/cmd/awaitop/internal/telemetry"
)

// telemetryTimeout bounds the sending of the last metrics and spans.
const telemetryTimeout = 2 * time.Second

func (c *command) worker() *cobra.Command {
	var taskQueue, listen string
	var example bool
	cmd := &cobra.Command{
		Use:   "worker",
		Short: "Serve a task queue: waits, polls, cancels and starts",
		Long: `Serve a task queue until SIGTERM or an interrupt, with the application default credentials for Google Cloud. At its
end the worker hands its polls over to other workers.

The worker serves /healthz, /readyz and /metrics (Prometheus) on 127.0.0.1:9464. It sends metrics and traces by OTLP
if OTEL_EXPORTER_OTLP_ENDPOINT or the like is set.

` + exitHelp(func(m exitMeaning) string { return m.worker }),
		Example: `  awaitop worker
  awaitop worker --config awaitop.yaml
  awaitop worker --example-config > awaitop.yaml   # every setting, with its default`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if example {
				_, err := c.Out.Write(serve.Example)
				return err
			}
			config, err := c.configuration()
			if err != nil {
				return err
			}
			if taskQueue != "" {
				config.TaskQueue = taskQueue
			}
			if listen != "" {
				config.Listen = serve.Address(listen)
			}
			if err := config.Validate(); err != nil {
				return err
			}
			return c.serve(cmd.Context(), config)
		},
	}
	flags := cmd.Flags()
	c.addConfig(flags)
	flags.StringVarP(&taskQueue, "task-queue", "t", "", "`NAME` of the task queue (default the configuration's, or awaitop)")
	flags.StringVar(&listen, "listen", "", "`ADDRESS` of health checks and metrics, or off (default the configuration's, or 127.0.0.1:9464)")
	flags.BoolVar(&example, "example-config", false, "print a configuration with every setting, and exit (default: serve)")
	return cmd
}

// serve runs a worker until ctx is done, and drains it then.
func (c *command) serve(ctx context.Context, config serve.Config) error {
	measured, err := telemetry.Start(ctx)
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), telemetryTimeout)
		defer cancel()
		if err := measured.Stop(ctx); err != nil {
			c.say("telemetry: %v", err)
		}
	}()
	return serve.Run(ctx, config, serve.Process{
		Metrics: measured.Metrics,
		Log:     c.Err,
		Dial: func(ctx context.Context, configure func(*client.Options)) (client.Client, error) {
			options, err := c.options(context.WithoutCancel(ctx)) // the drain decodes payloads too
			if err != nil {
				return nil, err
			}
			configure(&options)
			measured.Configure(&options)
			return dial(ctx, options)
		},
	})
}
