package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/awaitop/awaitop/cmd/awaitop/devserver"
	"github.com/awaitop/awaitop/cmd/awaitop/internal/serve"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// devStop bounds the drain of the worker of `awaitop dev`.
const devStop = 3 * time.Second

// development is one run of `awaitop dev`.
type development struct {
	*command
	dbFile     string
	port       portFlag // of the Temporal server
	uiPort     portFlag
	spanner    portFlag
	listen     string
	taskQueue  string
	operations int
	runsFor    time.Duration
	isSet      func(flag string) bool // whether the command line has the flag
	cli        string                 // path of the Temporal CLI of its server
}

func (c *command) dev() *cobra.Command {
	d := &development{command: c, port: portFlag{name: "port"}, uiPort: portFlag{name: "ui-port"}, spanner: portFlag{name: "spanner-port"}}
	cmd := &cobra.Command{
		Use:   "dev",
		Short: "Try awaitop: a Temporal server, its Web UI, a scripted Spanner and a worker",
		Long: `Run a Temporal dev server with its Web UI, a scripted Spanner and a worker, on this machine's loopback interface,
until an interrupt. Some operations run from the start, to try the other commands on: they report progress and can be
canceled.

With --address the command starts no Temporal server: its worker serves a task queue of the server that is there. The
worker answers each wait of that queue from the scripted Spanner. So use a queue without other waits. The variable
TEMPORAL_ADDRESS has no effect here, because it may name a server that others use.

The dev server is that of the Temporal CLI on PATH. Without one the command downloads it once into the cache folder,
from https://temporal.download: over TLS, without a checksum. Where that site does not answer, the command builds it,
which takes 3 to 5 minutes and needs the Go toolchain.`,
		Example: `  awaitop dev
  awaitop dev --operations 100 --runs-for 10m
  awaitop dev --db waits.db   # workflows survive a restart; the operations start again
  awaitop dev --port 7234 --ui-port 8234 --spanner-port 9021 --listen 127.0.0.1:9465
  awaitop dev --address 127.0.0.1:7233 --task-queue try`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			d.isSet = cmd.Flags().Changed
			// A terminal that closes must not leave the server behind.
			ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGHUP)
			defer stop()
			err := d.run(ctx)
			if err != nil && ctx.Err() != nil && !isDecided(err) { // by SIGHUP, too
				return exitError{status: ExitDetached, err: errors.New("interrupted")}
			}
			return err
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&d.dbFile, "db", "", "`FILE` for the state of the Temporal server (default: in memory)")
	cmd.SetHelpFunc(d.help)
	const free = "0 takes a free one, and so does the default if it is taken"
	flags.IntVar(&d.port.wanted, "port", 7233, "`PORT` of the Temporal server; "+free)
	flags.IntVar(&d.uiPort.wanted, "ui-port", 8233, "`PORT` of its Web UI; "+free)
	flags.IntVar(&d.spanner.wanted, "spanner-port", 9020, "`PORT` of the scripted Spanner; "+free)
	flags.StringVar(&d.listen, "listen", "", "`ADDRESS` of the worker's health checks and metrics, or off (default 127.0.0.1:9464, or a free port if that is taken)")
	flags.StringVarP(&d.taskQueue, "task-queue", "t", serve.DefaultTaskQueue, "`NAME` of the worker's task queue")
	flags.IntVar(&d.operations, "operations", 3, "`NUMBER` of operations to start")
	flags.DurationVar(&d.runsFor, "runs-for", 20*time.Minute, "`DURATION` of the first operation; each further one takes that much longer")
	return cmd
}

// help prints the help, in which the flags of the Temporal server have the meaning that they have for this command.
func (d *development) help(cmd *cobra.Command, args []string) {
	for name, usage := range map[string]string{
		"address":        "`HOST:PORT` of a Temporal server to use (default: start one)",
		"namespace":      "with --address: `NAME` of the Temporal namespace (default TEMPORAL_NAMESPACE, the profile's, or \"default\")",
		"profile":        "with --address: `NAME` of a profile of temporal.toml (default TEMPORAL_PROFILE, or \"default\")",
		"codec-endpoint": "with --address: `URL` of the codec server that decrypts payloads (default TEMPORAL_CODEC_ENDPOINT, the profile's, or none)",
	} {
		cmd.Root().PersistentFlags().Lookup(name).Usage = usage
	}
	cmd.Parent().HelpFunc()(cmd, args)
}

func (d *development) run(ctx context.Context) error {
	config, err := d.config()
	if err != nil {
		return err
	}
	service, err := testsuite.NewService(testsuite.Options{})
	if err != nil {
		return err
	}
	listener, err := d.spanner.open(d.isSet)
	if err != nil {
		return err
	}
	spanner := &http.Server{Handler: service.Handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = spanner.Serve(listener) }() // it ends with Close
	defer func() { _ = spanner.Close() }()
	endpoint := "http://" + listener.Addr().String()
	config.Services = []serve.Service{{Name: lro.SpannerService, Endpoint: endpoint}}
	ui, stop, err := d.temporal(ctx)
	if err != nil {
		return err
	}
	defer stop()
	if d.listen == "" { // the other servers have got their ports
		config.Listen = serve.Address(metricsAddress())
	}
	d.introduce(ctx, ui, endpoint, d.start(service))
	return d.serve(ctx, config)
}

// config checks the flags. It returns the worker's configuration, without its services.
func (d *development) config() (serve.Config, error) {
	if d.operations < 0 || d.runsFor < 0 {
		return serve.Config{}, usagef("--operations %d and --runs-for %s: want 0 or more", d.operations, d.runsFor)
	}
	if most := lro.MaxDuration / time.Duration(max(d.operations, 1)); d.runsFor > most {
		return serve.Config{}, usagef("--runs-for %s: want at most %s, for the last of %d operations runs %[3]d times as long", d.runsFor, most, d.operations)
	}
	if err := d.checkServer(); err != nil {
		return serve.Config{}, err
	}
	for _, port := range []*portFlag{&d.port, &d.uiPort, &d.spanner} {
		if err := port.check(); err != nil {
			return serve.Config{}, err
		}
	}
	config, err := serve.ParseConfig(nil)
	if err != nil {
		return config, err
	}
	config.TaskQueue = d.taskQueue
	config.Listen = serve.Address(cmp.Or(d.listen, string(config.Listen)))
	config.WithoutAuthentication = true
	config.Worker.StopTimeout = lro.DurationOf(devStop)
	return config, config.Validate()
}

// checkServer refuses flags that do not fit the server that the command uses: its own, or that of --address.
func (d *development) checkServer() error {
	own := []string{"db", d.port.name, d.uiPort.name}
	given := []string{"namespace", "profile", "codec-endpoint"}
	if d.address != "" {
		for _, name := range own {
			if d.isSet(name) {
				return usagef("--%s and --address exclude each other: with --address the command starts no Temporal server", name)
			}
		}
		return nil
	}
	for _, name := range given {
		if d.isSet(name) {
			return usagef("--%s needs --address: the Temporal server that the command starts has no use for it", name)
		}
	}
	return nil
}

// start starts the operations.
func (d *development) start(service *testsuite.Service) []lro.Ref {
	var refs []lro.Ref
	for i := range d.operations {
		refs = append(refs, service.Start(fmt.Sprintf("projects/dev/instances/i/backups/b%d/operations/o", i+1), testsuite.Script{
			RunsFor:  d.runFor(i),
			OnCancel: testsuite.HonorCancel(3 * time.Second),
		}))
	}
	return refs
}

// stillEvery is the time between two lines that say that a start goes on.
const stillEvery = 20 * time.Second

// sayWhile says a text, and for how long it has been true, until stop is called.
func (d *development) sayWhile(text string) (stop func()) {
	began, ticker, stopped := time.Now(), time.NewTicker(stillEvery), make(chan struct{})
	go func() {
		for {
			select {
			case <-ticker.C:
				d.say("%s, for %s so far", text, short(time.Since(began)))
			case <-stopped:
				return
			}
		}
	}()
	return func() { ticker.Stop(); close(stopped) }
}

// temporal is the Temporal server: that of --address, or one that stop ends. ui is the URL of its Web UI, if it is known.
func (d *development) temporal(ctx context.Context) (ui string, stop func(), err error) {
	if d.address != "" {
		return "", func() {}, d.lookAtQueue(ctx)
	}
	ports, err := choosePorts(d.isSet, &d.port, &d.uiPort)
	if err != nil {
		return "", nil, err
	}
	d.say("starting a Temporal server")
	defer d.sayWhile("still starting")()
	server, err := devserver.Start(ctx, devserver.Options{
		UI: true, DBFile: d.dbFile, Log: d.Err, Port: ports[0], UIPort: ports[1], IgnoreInterrupts: true,
		SearchAttributes: map[string]string{
			workflows.OperationAttribute.GetName(): "KeywordList",
			workflows.StateAttribute.GetName():     "Keyword",
			workflows.PercentAttribute.GetName():   "Int",
		},
	})
	if err != nil {
		return "", nil, ownError{err}
	}
	d.own, d.cli = server.Address(), server.CLI()
	return server.UIURL(), func() { _ = server.Stop() }, nil
}
