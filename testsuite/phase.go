package testsuite

import (
	"time"

	"github.com/awaitop/awaitop/catalog"
)

// phase is where a resource of the catalog's is in its life. Services have words of their own for it.
type phase int

const (
	phaseReady phase = iota
	phaseCreating
	phaseDeleting
	phaseDeleted
	phaseFailed
)

// phase follows from the operations on the resource.
func (r *resource) phase(now time.Time) phase {
	switch {
	case r.deleted:
		return phaseDeleted
	case r.created != nil && r.created.running(now):
		return phaseCreating
	case r.created != nil && !r.created.succeeded(now):
		return phaseFailed
	case r.deleting != nil && r.deleting.running(now):
		return phaseDeleting
	default:
		return phaseReady
	}
}

// The words of services for their resources' states (the enums of the discovery documents, and of
// google/cloud/memorystore/v1). The others are those of most services.
var (
	standardWords  = [...]string{"READY", "CREATING", "DELETING", "DELETED", "FAILED"}
	activeWords    = [...]string{"ACTIVE", "CREATING", "DELETING", "DELETED", "FAILED"}
	machineWords   = [...]string{"RUNNING", "PROVISIONING", "STOPPING", "DELETED", "ERROR"}
	addressWords   = [...]string{"RESERVED", "RESERVING", "DELETING", "DELETED", "FAILED"}
	sqlWords       = [...]string{"RUNNABLE", "PENDING_CREATE", "PENDING_DELETE", "DELETED", "FAILED"}
	wordsOfService = map[string][5]string{"memorystore": activeWords, "sqladmin": sqlWords}
	wordsOfShape   = map[catalog.Shape][5]string{catalog.Compute: machineWords, catalog.Container: machineWords}
	wordsOfType    = map[string][5]string{"Address": addressWords}
)

func wordsOf(m *catalog.Method) [5]string {
	if words, own := wordsOfType[m.Type]; own && m.Shape == catalog.Compute {
		return words
	}
	if words, own := wordsOfService[m.Service.Name]; own {
		return words
	}
	if words, own := wordsOfShape[m.Shape]; own {
		return words
	}
	if m.State == "lifecycleState" {
		return activeWords
	}
	return standardWords
}
