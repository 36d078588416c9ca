package serve

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"sigs.k8s.io/yaml"

	"github.com/awaitop/awaitop/lro"
)

// Example is a configuration file with every field, its default and its meaning. docs/awaitop-worker.schema.json is the
// JSON Schema of such a file.
//
//go:embed example.yaml
var Example []byte

// Defaults of [Config].
const (
	DefaultTaskQueue = "awaitop"
	DefaultListen    = "127.0.0.1:9464"
)

// Config is the worker's configuration file, in YAML or JSON. Each field is optional. [Example] says what it means.
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
	Nexus                 Nexus             `json:"nexus,omitzero"`
	Worker                Worker            `json:"worker,omitzero"`
	Listen                Address           `json:"listen,omitempty"`
	Log                   Log               `json:"log,omitzero"`
}

// Address is an address to listen on, such as "127.0.0.1:9464", or [Off].
type Address string

// Off as Config.Listen serves no HTTP.
const Off Address = "off"

// UnmarshalJSON takes false for [Off], because YAML reads an off without quotes as false.
func (a *Address) UnmarshalJSON(raw []byte) error {
	if string(raw) == "false" {
		*a = Off
		return nil
	}
	return json.Unmarshal(raw, (*string)(a))
}

// Service is one service whose operations the worker awaits. It may be there once for each transport.
type Service struct {
	Name                  string   `json:"name"`
	Transport             string   `json:"transport,omitempty"`
	Endpoint              string   `json:"endpoint,omitempty"`
	Regional              bool     `json:"regional,omitempty"`
	Version               string   `json:"version,omitempty"`
	Prefix                string   `json:"prefix,omitempty"`
	WithoutAuthentication bool     `json:"withoutAuthentication,omitempty"`
	Scopes                []string `json:"scopes,omitempty"`
	QuotaProject          string   `json:"quotaProject,omitempty"`
	ErrorFormat           string   `json:"errorFormat,omitempty"`
	WithoutWait           bool     `json:"withoutWait,omitempty"`
	Descriptors           string   `json:"descriptors,omitempty"`
}

// Budget is this process's share of a quota, or the share of all workers together.
type Budget struct {
	RequestsPerSecond      float64 `json:"requestsPerSecond,omitempty"`
	TotalRequestsPerSecond float64 `json:"totalRequestsPerSecond,omitempty"`
	Burst                  int     `json:"burst,omitempty"`
}

// Polls bounds how many waits the process holds.
type Polls struct {
	MaxHeld  int `json:"maxHeld,omitempty"`
	MaxAsync int `json:"maxAsync,omitempty"`
}

// Nexus says whether the worker serves callers of other namespaces, and what they may do.
type Nexus struct {
	Serve            bool            `json:"serve,omitempty"`
	Allow            Rule            `json:"allow,omitzero"`
	Callers          map[string]Rule `json:"callers,omitempty"`
	SearchAttributes bool            `json:"searchAttributes,omitempty"`
}

// Rule is what a caller through Nexus may do.
type Rule struct {
	Resources  []string `json:"resources,omitempty"`
	Operations []string `json:"operations,omitempty"`
	Methods    []string `json:"methods,omitempty"`
	Others     bool     `json:"others,omitempty"`
}

// Worker has the options of the Temporal SDK's workers.
type Worker struct {
	Identity      string       `json:"identity,omitempty"`
	ActivitySlots int          `json:"activitySlots,omitempty"`
	WorkflowSlots int          `json:"workflowSlots,omitempty"`
	StopTimeout   lro.Duration `json:"stopTimeout,omitzero"`
	Deployment    string       `json:"deployment,omitempty"`
	BuildID       string       `json:"buildId,omitempty"`
}

// Log says which records go to standard error, and in which format.
type Log struct {
	Level  string `json:"level,omitempty"`
	Format string `json:"format,omitempty"`
}

// ReadConfig reads a file and fills in defaults. "" stands for a file without fields. An error names the file, and the
// field if one is wrong.
func ReadConfig(path string) (Config, error) {
	var c Config
	if path == "" {
		return c.withDefaults(), nil
	}
	raw, err := readFile(path, maxConfigSize)
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

// readFile reads a file of at most most bytes. The file may be a device without an end.
func readFile(path string, most int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	raw, err := io.ReadAll(io.LimitReader(file, most+1))
	if err == nil && int64(len(raw)) > most {
		err = fmt.Errorf("%s is over %d MiB", path, most>>20)
	}
	return raw, err
}

// ParseConfig reads a configuration, fills in defaults and validates the result.
func ParseConfig(raw []byte) (Config, error) {
	var c Config
	encoded, err := yaml.YAMLToJSONStrict(raw)
	if err != nil {
		return c, err
	}
	if err := lro.DecodeStrict("", encoded, &c); err != nil {
		return c, err
	}
	c = c.withDefaults()
	return c, c.Validate()
}

func (c Config) withDefaults() Config {
	c.TaskQueue = cmp.Or(c.TaskQueue, DefaultTaskQueue)
	c.Listen = cmp.Or(c.Listen, DefaultListen)
	c.Log.Level = cmp.Or(c.Log.Level, "info")
	c.Log.Format = cmp.Or(c.Log.Format, "text")
	return c
}
