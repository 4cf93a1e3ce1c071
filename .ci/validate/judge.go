package main

import (
	"context"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/apiserver/pkg/warning"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/core"
)

var decoder = serializer.NewCodecFactory(legacyscheme.Scheme, serializer.EnableStrict).UniversalDecoder()

// judge creates an object as the API server does, up to the point where it would be stored.
func judge(line []byte) Verdict {
	verdict := Verdict{Errors: []string{}, Warnings: []string{}}
	object, kind, err := decoder.Decode(line, nil, nil)
	if kind == nil {
		verdict.Errors = append(verdict.Errors, err.Error())
		return verdict
	}
	strategy, known := strategies[kind.GroupVersion().String()][kind.Kind]
	if !known {
		return verdict
	}
	verdict.Judged = true
	if err == nil {
		err = create(object, *kind, strategy, (*recorder)(&verdict))
	}
	verdict.Errors = append(verdict.Errors, messages(err)...)
	return verdict
}

func create(object runtime.Object, kind schema.GroupVersionKind, strategy rest.RESTCreateStrategy, warnings warning.Recorder) error {
	metadata, err := meta.Accessor(object)
	if err != nil {
		return err
	}
	namespace := metadata.GetNamespace()
	if namespace == metav1.NamespaceNone && strategy.NamespaceScoped() {
		namespace = metav1.NamespaceDefault // as kubectl does
	} else if !strategy.NamespaceScoped() && namespace != metav1.NamespaceNone {
		return fmt.Errorf("metadata.namespace: Forbidden: %s has no namespace", kind.Kind)
	}
	rest.FillObjectMetaSystemFields(metadata)
	if service, is := object.(*core.Service); is {
		allocate(service)
	}
	ctx := request.WithNamespace(context.Background(), namespace)
	ctx = request.WithRequestInfo(ctx, &request.RequestInfo{
		IsResourceRequest: true, Verb: "create", APIGroup: kind.Group, APIVersion: kind.Version,
	})
	return rest.BeforeCreate(strategy, warning.WithWarningRecorder(ctx, warnings), object)
}

// messages returns one text for each field that is wrong.
func messages(err error) []string {
	if err == nil {
		return nil
	}
	var invalid *apierrors.StatusError
	if errors.As(err, &invalid) && invalid.Status().Details != nil && len(invalid.Status().Details.Causes) > 0 {
		found := []string{}
		for _, cause := range invalid.Status().Details.Causes {
			found = append(found, cause.Field+": "+cause.Message)
		}
		return found
	}
	return []string{err.Error()}
}

// recorder keeps what the API server would warn of.
type recorder Verdict

func (r *recorder) AddWarning(_, text string) {
	r.Warnings = append(r.Warnings, text)
}
