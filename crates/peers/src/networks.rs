//! The networks.

use cornu::prelude::*;

/// The lesson's model, 1-4-2.
///
/// # Errors
/// None is known: the layers fit each other.
pub fn lesson() -> Result<Sequential, ModelError> {
    sequential![Dense::new(4).activation("relu").input_shape([1]), Dense::new(2).activation("softmax")]
}

/// 784-512-512-10, which everybody tries first on MNIST.
///
/// # Errors
/// None is known: the layers fit each other.
pub fn mlp() -> Result<Sequential, ModelError> {
    sequential![
        Dense::new(512).activation("relu").input_shape([784]),
        Dense::new(512).activation("relu"),
        Dense::new(10).activation("softmax"),
    ]
}

/// 1024-4096-4096-1000.
///
/// # Errors
/// None is known: the layers fit each other.
pub fn wide() -> Result<Sequential, ModelError> {
    sequential![
        Dense::new(4096).activation("relu").input_shape([1024]),
        Dense::new(4096).activation("relu"),
        Dense::new(1000).activation("softmax"),
    ]
}

/// LeNet-5 on pictures of 28 × 28.
///
/// # Errors
/// None is known: the layers fit each other.
pub fn lenet() -> Result<Sequential, ModelError> {
    sequential![
        Input::new([28, 28, 1]),
        Conv2D::new(6, 5).padding("same").activation("relu"),
        MaxPooling2D::new(2),
        Conv2D::new(16, 5).activation("relu"),
        MaxPooling2D::new(2),
        Flatten::new(),
        Dense::new(120).activation("relu"),
        Dense::new(84).activation("relu"),
        Dense::new(10).activation("softmax"),
    ]
}

/// 4-32-16-4 of the SimpleChains.jl article, which learns the exponential of 2 × 2 matrices.
///
/// # Errors
/// None is known: the layers fit each other.
pub fn exponential() -> Result<Sequential, ModelError> {
    sequential![Dense::new(32).activation("tanh").input_shape([4]), Dense::new(16).activation("tanh"), Dense::new(4),]
}
