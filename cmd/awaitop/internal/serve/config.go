package serve

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"
	"unicode"

	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/worker"
	"sigs.k8s.io/yaml"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/worker"
)

// Example is a configuration file with every field, its default and its meaning. It
// is the file's documentation; awaitop-worker.schema.json beside it is its JSON
// Schema.
//
//go:embed example.yaml
var Example []byte

// Defaults of [Config].
const (
	DefaultTaskQueue = "awaitop"
	DefaultListen    = "127.0.0.1:9464"
)

// Config is what the worker's configuration file holds, in YAML or JSON. Each field
// is optional; [Example] says what it means.
type Config struct {
	TaskQueue             string            `json:"taskQueue,omitempty"`
	Services              []Service         `json:"services,omitempty"`
	AllowedPrefixes       []string          `json:"allowedPrefixes,omitempty"`
	QuotaProject          string            `json:"quotaProject,omitempty"`
	WithoutAuthentication bool              `json:"withoutAuthentication,omitempty"`
	RequestTimeout        lro.Duration      `json:"requestTimeout,omitzero"`
	MaxBytesInFlight      int64             `json:"maxBytesInFlight,omitempty"`
	Budgets               map[string]Budget `json:"budgets,omitempty"`
	Polls                 Polls             `json:"polls,omitzero"`
	Worker                Worker            `json:"worker,omitzero"`
	Listen                Address           `json:"listen,omitempty"`
	Log                   Log               `json:"log,omitzero"`
}

// Address is an address to listen on, or [Off].
type Address string

// UnmarshalJSON takes false, which is what YAML reads of an off without quotes.
func (a *Address) UnmarshalJSON(raw []byte) error {
	if string(raw) == "false" {
		*a = Off
		return nil
	}
	return json.Unmarshal(raw, (*string)(a))
}

// Service is one service that operations can be of.
type Service struct {
	Name     string `json:"name"`
	Endpoint string `json:"endpoint,omitempty"`
	Version  string `json:"version,omitempty"`
	Prefix   string `json:"prefix,omitempty"`
}

// Budget is this process's share of a quota.
type Budget struct {
	RequestsPerSecond float64 `json:"requestsPerSecond,omitempty"`
	Burst             int     `json:"burst,omitempty"`
}

// Polls bound how many waits the process holds.
type Polls struct {
	MaxHeld  int `json:"maxHeld,omitempty"`
	MaxAsync int `json:"maxAsync,omitempty"`
}

// Worker are the options of the Temporal SDK's workers.
type Worker struct {
	Identity      string       `json:"identity,omitempty"`
	ActivitySlots int          `json:"activitySlots,omitempty"`
	WorkflowSlots int          `json:"workflowSlots,omitempty"`
	StopTimeout   lro.Duration `json:"stopTimeout,omitzero"`
	Deployment    string       `json:"deployment,omitempty"`
	BuildID       string       `json:"buildId,omitempty"`
}

// Log says what is logged to standard error, and how.
type Log struct {
	Level  string `json:"level,omitempty"`
	Format string `json:"format,omitempty"`
}

// ReadConfig reads a file; "" stands for one without fields. Its errors name the
// file, and the field where one is wrong.
func ReadConfig(path string) (Config, error) {
	var c Config
	if path == "" {
		return c.withDefaults(), nil
	}
	raw, err := readFile(path)
	if err != nil {
		return c, fmt.Errorf("read the configuration: %w", err)
	}
	if c, err = ParseConfig(raw); err != nil {
		return c, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// maxConfigSize bounds a configuration file, in bytes: a thousand services take 100 KB.
const maxConfigSize = 1 << 20

// readFile reads a file of maxConfigSize at most, which may be a device without an end.
func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	raw, err := io.ReadAll(io.LimitReader(file, maxConfigSize+1))
	if err == nil && len(raw) > maxConfigSize {
		err = fmt.Errorf("%s is over %d MiB", path, maxConfigSize>>20)
	}
	return raw, err
}

// ParseConfig reads a configuration and fills in defaults.
func ParseConfig(raw []byte) (Config, error) {
	var c Config
	asJSON, err := yaml.YAMLToJSONStrict(raw)
	if err != nil {
		return c, err
	}
	if err := lro.DecodeStrict("", asJSON, &c); err != nil {
		return c, err
	}
	c = c.withDefaults()
	return c, c.Validate()
}

func (c Config) withDefaults() Config {
	if c.TaskQueue == "" {
		c.TaskQueue = DefaultTaskQueue
	}
	if c.Listen == "" {
		c.Listen = DefaultListen
	}
	if c.Log.Level == "" {
		c.Log.Level = "info"
	}
	if c.Log.Format == "" {
		c.Log.Format = "text"
	}
	return c
}

// Off as Config.Listen has nothing served over HTTP.
const Off = "off"

// Validate refuses what cannot be served, before anything is dialed. Credentials are
// looked for later.
func (c Config) Validate() error {
	for _, f := range []struct{ field, value string }{
		{"taskQueue", c.TaskQueue}, {"worker.identity", c.Worker.Identity},
		{"worker.deployment", c.Worker.Deployment}, {"worker.buildId", c.Worker.BuildID},
	} {
		if strings.ContainsFunc(f.value, unicode.IsControl) {
			return &lro.InvalidError{Field: f.field, Value: f.value, Want: "text without control characters"}
		}
	}
	if c.Listen != Off {
		_, port, err := net.SplitHostPort(string(c.Listen))
		if err == nil {
			_, err = net.LookupPort("tcp", port)
		}
		if err != nil {
			return &lro.InvalidError{Field: "listen", Value: string(c.Listen), Want: `an address such as "127.0.0.1:9464", or "off"`}
		}
	}
	if (c.Worker.Deployment == "") != (c.Worker.BuildID == "") {
		return &lro.InvalidError{Field: "worker.buildId", Value: c.Worker.BuildID, Want: "to be given together with worker.deployment"}
	}
	for _, f := range []struct {
		field string
		value int
	}{{"worker.activitySlots", c.Worker.ActivitySlots}, {"worker.workflowSlots", c.Worker.WorkflowSlots}} {
		if f.value < 0 {
			return &lro.InvalidError{Field: f.field, Value: fmt.Sprint(f.value), Want: "0 (the default) or more"}
		}
	}
	if c.Worker.WorkflowSlots == 1 { // the SDK panics: workflow tasks and sticky ones take turns
		return &lro.InvalidError{Field: "worker.workflowSlots", Value: "1", Want: "0 (the default), or 2 or more"}
	}
	for _, f := range []struct {
		field string
		value lro.Duration
	}{{"worker.stopTimeout", c.Worker.StopTimeout}, {"requestTimeout", c.RequestTimeout}} {
		d, err := f.value.In(f.field)
		if err == nil {
			err = lro.ValidateDuration(f.field, d, "the default")
		}
		if err != nil {
			return err
		}
	}
	if _, err := c.Log.handler(os.Stderr); err != nil {
		return err
	}
	return c.options().Validate()
}

// options are those of package worker.
func (c Config) options() worker.Options {
	timeout, _ := c.RequestTimeout.In("") // validated
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

// sdkOptions are those of the Temporal SDK's workers.
func (c Config) sdkOptions() sdk.Options {
	stop, _ := c.Worker.StopTimeout.In("") // validated
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

// drainTime is how long the process takes to end at the most.
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
