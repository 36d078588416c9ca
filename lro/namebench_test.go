package lro_test

import (
	"testing"

	"github.com/awaitop/awaitop/lro"
)

// BenchmarkValidate: workflow code validates the Ref of each wait, also on replay.
func BenchmarkValidate(b *testing.B) {
	for name, ref := range map[string]lro.Ref{
		"Spanner":  {Service: "spanner.googleapis.com", Name: "projects/p/instances/i/databases/d/operations/o"},
		"regional": {Service: "us-central1-aiplatform.googleapis.com", Name: "projects/p/locations/l/operations/o"},
		"unknown":  {Service: "a.example", Name: "projects/p/operations/o"},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := ref.Validate(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
