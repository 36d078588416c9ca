package monitoring

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"
)

// The module that has KEDA's CustomResourceDefinitions. go.mod does not require it: its types reach all that KEDA does.
const (
	kedaModule = "github.com/kedacore/keda/v2@v2.21.0"
	kedaSum    = "h1:R6z2HZvstK4RLUMxroNACzBj74xGxt3kG59b5Xc+Xps="
)

// scaledObject is what the tests read of keda.yaml.
type scaledObject struct {
	Spec struct {
		ScaleTargetRef                   struct{ Name string }
		MinReplicaCount, MaxReplicaCount int32
		Triggers                         []trigger
		Fallback                         struct {
			Replicas int32
			Behavior string
		}
		Advanced struct {
			HorizontalPodAutoscalerConfig struct{ Behavior json.RawMessage }
		}
	}
}

type trigger struct {
	Type, MetricType string
	Metadata         struct{ ServerAddress, Query, Threshold, IgnoreNullValues string }
}

// keda is the ScaledObject of keda.yaml.
func keda(t *testing.T) scaledObject {
	t.Helper()
	raw := read(t, "keda.yaml")
	if err := checkScaledObject(raw); err != nil {
		t.Fatalf("keda.yaml: %v", err)
	}
	object, err := asJSON[scaledObject](raw)
	if err != nil {
		t.Fatal(err)
	}
	return object
}

// checkScaledObject checks a ScaledObject by the schema of KEDA's CustomResourceDefinition. A field that the schema does
// not have is an error, as under strict field validation.
func checkScaledObject(raw []byte) error {
	object, err := asJSON[map[string]any](raw)
	if err != nil {
		return err
	}
	schema, err := kedaSchema()
	if err != nil {
		return err
	}
	return validate.NewSchemaValidator(schema, nil, "", strfmt.Default).Validate(object).AsError()
}

// kedaSchema is the schema of a ScaledObject, from KEDA's module in the module cache.
var kedaSchema = sync.OnceValues(func() (*spec.Schema, error) {
	out, err := exec.Command("go", "mod", "download", "-json", kedaModule).Output()
	if err != nil {
		return nil, fmt.Errorf("download %s: %w\n%s", kedaModule, err, out)
	}
	var module struct{ Dir, Sum string }
	if err := json.Unmarshal(out, &module); err != nil {
		return nil, err
	}
	if module.Sum != kedaSum {
		return nil, fmt.Errorf("%s has the checksum %s, want %s", kedaModule, module.Sum, kedaSum)
	}
	raw, err := os.ReadFile(filepath.Join(module.Dir, "config", "crd", "bases", "keda.sh_scaledobjects.yaml"))
	if err != nil {
		return nil, err
	}
	definition, err := asJSON[struct {
		Spec struct {
			Versions []struct {
				Schema struct{ OpenAPIV3Schema *spec.Schema }
			}
		}
	}](raw)
	if err != nil || len(definition.Spec.Versions) != 1 {
		return nil, fmt.Errorf("%d versions of a ScaledObject, %w", len(definition.Spec.Versions), err)
	}
	schema := definition.Spec.Versions[0].Schema.OpenAPIV3Schema
	refuseOthers(schema)
	return schema, nil
})

// refuseOthers makes a schema refuse fields that it does not have.
func refuseOthers(schema *spec.Schema) {
	if len(schema.Properties) > 0 {
		schema.AdditionalProperties = &spec.SchemaOrBool{Allows: false}
	}
	for name, property := range schema.Properties {
		refuseOthers(&property)
		schema.Properties[name] = property
	}
	if schema.Items != nil && schema.Items.Schema != nil {
		refuseOthers(schema.Items.Schema)
	}
}
