package main

import (
	"slices"
	"strings"

	"github.com/awaitop/awaitop/examples/provisioning/provision"
	"github.com/awaitop/awaitop/lro"
)

// failing is how a step of -fail-at fails.
type failing struct {
	targets []string   // the resources, one of which its operation is on
	codes   []lro.Code // of the scripted Spanner, and of the emulator or the cloud
}

// failingOf returns how the step fails.
func failingOf(step string, in provision.Input) failing {
	instance := in.Project + "/instances/" + in.Instance
	var databases []string
	for _, id := range in.Databases {
		databases = append(databases, instance+"/databases/"+id)
	}
	switch step {
	case "instance":
		return failing{[]string{instance}, []lro.Code{lro.CodeResourceExhausted, lro.CodeInvalidArgument}}
	case "database":
		return failing{databases[1:2], []lro.Code{lro.CodeInternal, lro.CodeInvalidArgument}}
	case "schema":
		return failing{databases, []lro.Code{lro.CodeInvalidArgument}}
	case "index":
		return failing{databases[:1], []lro.Code{lro.CodeFailedPrecondition}}
	case "backup":
		return failing{[]string{instance + "/backups/" + in.Backup}, []lro.Code{lro.CodeInternal, lro.CodeInvalidArgument}}
	default:
		return failing{}
	}
}

// failedAt reports whether a failure is that of the step.
func failedAt(step string, in provision.Input, f lro.Failure) bool {
	if !slices.Contains([]lro.FailureType{lro.TypeOperationFailed, lro.TypeStartFailed, lro.TypeInvalidInput}, f.Type) {
		return false
	}
	want := failingOf(step, in)
	target, _, _ := strings.Cut(f.Ref.Name, "/operations/")
	if f.Ref.IsZero() && len(f.Resources) == 1 {
		target = f.Resources[0] // nothing was started
	}
	return slices.Contains(want.targets, target) && slices.Contains(want.codes, f.Code())
}
