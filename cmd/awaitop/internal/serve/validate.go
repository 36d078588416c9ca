package serve

import (
	"fmt"
	"net"
	"os"
	"strings"
	"unicode"

	"github.com/awaitop/awaitop/lro"
)

// Validate refuses, with an [*lro.InvalidError], a configuration that no worker can serve. It connects to nothing and
// looks for no credentials.
func (c Config) Validate() error {
	for _, check := range []func() error{c.validateTexts, c.Listen.validate, c.Worker.validate, c.Nexus.validate, c.validateDurations} {
		if err := check(); err != nil {
			return err
		}
	}
	if _, err := c.Log.handler(os.Stderr); err != nil {
		return err
	}
	return c.validateServices()
}

// validateTexts refuses control characters, which Temporal takes.
func (c Config) validateTexts() error {
	for _, f := range []struct{ field, value string }{
		{"taskQueue", c.TaskQueue}, {"worker.identity", c.Worker.Identity},
		{"worker.deployment", c.Worker.Deployment}, {"worker.buildId", c.Worker.BuildID},
	} {
		if strings.ContainsFunc(f.value, unicode.IsControl) {
			return &lro.InvalidError{Field: f.field, Value: f.value, Want: "text without control characters"}
		}
	}
	return nil
}

func (a Address) validate() error {
	if a == Off {
		return nil
	}
	_, port, err := net.SplitHostPort(string(a))
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil {
		return &lro.InvalidError{Field: "listen", Value: string(a), Want: `an address such as "127.0.0.1:9464", or "off"`}
	}
	return nil
}

func (w Worker) validate() error {
	if (w.Deployment == "") != (w.BuildID == "") {
		return &lro.InvalidError{Field: "worker.buildId", Value: w.BuildID, Want: "both worker.deployment and worker.buildId, or neither"}
	}
	if w.WorkflowSlots == 1 { // the SDK panics: it polls two queues for workflow tasks in turn
		return &lro.InvalidError{Field: "worker.workflowSlots", Value: "1", Want: "0 (the default), or 2 or more"}
	}
	for _, f := range []struct {
		field string
		n     int
	}{{"worker.activitySlots", w.ActivitySlots}, {"worker.workflowSlots", w.WorkflowSlots}} {
		if f.n < 0 {
			return &lro.InvalidError{Field: f.field, Value: fmt.Sprint(f.n), Want: "0 (the default) or more"}
		}
	}
	return nil
}

// validate refuses rules that would have no effect.
func (n Nexus) validate() error {
	rules := len(n.Allow.Resources) > 0 || len(n.Allow.Operations) > 0 || len(n.Allow.Methods) > 0 || n.Allow.Others
	switch {
	case !n.Serve && (rules || len(n.Callers) > 0 || n.SearchAttributes):
		return &lro.InvalidError{Field: "nexus.serve", Value: "false", Want: "true, or no other field of nexus"}
	case rules && len(n.Callers) > 0:
		return &lro.InvalidError{Field: "nexus.allow", Want: "none with nexus.callers, which have rules of their own", Problem: "has a rule"}
	default:
		return nil
	}
}

func (c Config) validateDurations() error {
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
	return nil
}
